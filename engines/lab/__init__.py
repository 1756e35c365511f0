"""What all workbenches share: training, interventions, data, statistics and claims."""
