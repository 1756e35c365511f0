"""Many runs that differ in their seed or their settings, and what they say together."""
