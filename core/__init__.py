"""Everything Tandem knows and decides: commands, rules, events, reactions and LiveViews."""
