"""Sequences drawn one token after the other: words, characters, or the levels of a quantised signal.

A recurrent network learns the probability of each token given those before it by cross entropy; the surrogate draws a
token from it, feeds it back, and so on. Y. Bengio et al., "A neural probabilistic language model", JMLR 3 (2003) 1137;
A. Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850.
"""
