"""Functions on edges whose basis is chosen while they learn, beside one basis for all."""
