"""What a file may hold, and what reading it may cost. Shared by the child that reads and the process that asks."""

from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024
# Excel's and our reading memory grow with the square of carelessness: a stray cell in column XFD is not a table.
MAX_COLUMNS: Final = 200
# Rows times columns, of all sheets together.
MAX_CELLS: Final = 1_000_000
# Characters of one cell that leave the child: more than any column takes, so that who asks still sees it is too long.
MAX_CELL_TEXT: Final = 1_000

# Address space of the child. The largest good table takes a third of it; a bomb meets the wall instead of the machine.
MEMORY_BYTES: Final = 512 * 1024 * 1024
# Ten thousand rows take less than two seconds; who needs more than these is not reading a table.
CPU_SECONDS: Final = 20
WALL_SECONDS: Final = 60
ANSWER_BYTES: Final = 48 * 1024 * 1024
# Standard input, output and errors: nothing can be opened beside them.
OPEN_FILES: Final = 3
