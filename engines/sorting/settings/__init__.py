"""What a run needs, declared once: values, algotypes, damage, edits and presets."""
