"""The parts of script/bench: each measures one thing and knows how to tell it."""
