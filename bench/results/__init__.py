"""What finished runs reached, kept as small files beside the studies that they are runs of."""
