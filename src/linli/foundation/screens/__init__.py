"""Floor of screens: pages, navigation, charts; what every room's face is made from."""
