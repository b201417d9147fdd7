"""The papers that the lessons name, by author and year."""

SOURCES = (
    "Bengio, Simard and Frasconi 1994: Learning long-term dependencies with gradient descent is "
    "difficult. IEEE Transactions on Neural Networks 5.",
    "Cho et al. 2014: Learning phrase representations using RNN encoder-decoder for statistical "
    "machine translation. EMNLP.",
    "Cireşan et al. 2010: Deep, big, simple neural nets for handwritten digit recognition. Neural "
    "Computation 22.",
    "He et al. 2016: Deep residual learning for image recognition. CVPR.",
    "Hochreiter and Schmidhuber 1997: Long short-term memory. Neural Computation 9.",
    "Ioffe and Szegedy 2015: Batch normalization: accelerating deep network training by reducing "
    "internal covariate shift. ICML.",
    "Jordan 2024: 94% on CIFAR-10 in 3.29 seconds on a single GPU. arXiv:2404.00498.",
    "Krizhevsky, Sutskever and Hinton 2012: ImageNet classification with deep convolutional neural "
    "networks. NIPS.",
    "Krogh and Hertz 1992: A simple weight decay can improve generalization. NIPS.",
    "LeCun et al. 1998: Efficient backprop. In: Neural Networks: Tricks of the Trade.",
    "Loshchilov and Hutter 2017: SGDR: stochastic gradient descent with warm restarts. ICLR.",
    "Loshchilov and Hutter 2019: Decoupled weight decay regularization. ICLR.",
    "Page 2018: How to train your ResNet. A series of blog posts at Myrtle.",
    "Robbins and Monro 1951: A stochastic approximation method. Annals of Mathematical Statistics.",
    "Rumelhart, Hinton and Williams 1986: Learning representations by back-propagating errors. "
    "Nature 323.",
    "Santurkar et al. 2018: How does batch normalization help optimization? NeurIPS.",
    "Simard, Steinkraus and Platt 2003: Best practices for convolutional neural networks applied "
    "to visual document analysis. ICDAR.",
    "Simonyan and Zisserman 2015: Very deep convolutional networks for large-scale image "
    "recognition. ICLR.",
    "Smith and Topin 2018: Super-convergence: very fast training of neural networks using large "
    "learning rates. arXiv:1708.07120.",
    "Srivastava et al. 2014: Dropout: a simple way to prevent neural networks from overfitting. "
    "JMLR 15.",
    "Szegedy et al. 2016: Rethinking the Inception architecture for computer vision. CVPR.",
    "Zagoruyko and Komodakis 2016: Wide residual networks. BMVC.",
)
