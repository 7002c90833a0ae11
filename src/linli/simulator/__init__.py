"""Lives a plan through the real operations with a passed clock: main job, demo data, fault and load driver."""
