"""The year plan 方案: does it add up, what if, plan against actual."""
