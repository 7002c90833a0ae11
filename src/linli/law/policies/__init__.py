"""Policy packs: law as dated data, rules as plain functions, determinations that can be replayed."""
