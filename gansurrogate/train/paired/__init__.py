"""Image-to-image: one field conditions another. A conditional convolutional GAN with an L1 term.

P. Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (pix2pix), CVPR 2017,
arXiv:1611.07004, in sizes for two cores.
"""
