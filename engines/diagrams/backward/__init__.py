"""From a graph to the graph that computes its gradients."""
