"""The colours of drawings: each has a contrast of 3 or more to the page, light and dark."""

BLUE = "#2f81c7"
ORANGE = "#c8641b"
GREEN = "#2f8f4e"
PURPLE = "#8a63d2"
RED = "#d0454c"
GREY = "#808080"
