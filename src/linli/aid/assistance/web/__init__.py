"""The face of the case: staff, applicants, assessors, and the public notice."""
