"""Representations of networks: how they form, how alike they are, what shape they have."""
