"""The page of experiments: what the recipes' results teach, lesson by lesson, with pictures."""
