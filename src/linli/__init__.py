"""Linli 邻里: community service and social assistance, one system."""
