"""What runs inside the peers' own environments: numpy, pandas, scipy, the peer, none of ours."""
