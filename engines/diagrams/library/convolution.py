"""Windows: convolutions, pools, norms, and the networks made of them."""

from __future__ import annotations

from engines.diagrams.library.entry import Entry

CONV1D = """\
def Convolution(X: b c x) -> b d y
  size x = 19
  y: b d y = Conv+[x -> y, c -> d, kernel=5, stride=2, pad=2](X)
"""

WINDOW = """\
def ConvolutionByWindows(X: b c x) -> b d p
  # a convolution is a view that slides and a learned map of what it shows
  size x = 19
  w: b c p k = window[x -> p k, kernel=5, stride=2, pad=2](X)
  y: b d p = Linear+(w)
"""

DILATED = """\
def Dilated(X: b c y x) -> b d y x
  z: b d y x = Conv+[y x, c -> d, kernel=3, dilation=2](X)
"""

DEPTHWISE = """\
def DepthwiseSeparable(X: b c y x) -> b d y x
  size c = 6
  size e = 6
  f: b e y x = Conv+[y x, c -> e, kernel=3, groups=6](X)
  g: b d y x = Conv+[y x, e -> d, kernel=1](f)
"""

UPSAMPLE = """\
def Transposed(X: b c y x) -> b d p q
  size y = 5
  size x = 5
  z: b d p q = ConvT+[y x -> p q, c -> d, kernel=2, stride=2](X)
"""

POOLS = """\
def Pools(X: b c y x) -> b c p q, b c p q, b c
  size y = 12
  size x = 12
  m: b c p q = maxpool[y x -> p q, kernel=2, stride=2](X)
  a: b c p q = avgpool[y x -> p q, kernel=2, stride=2](X)
  g: b c = mean[y x](X)
"""

NORMS = """\
def Norms(X: b c y x) -> b c y x
  size c = 8
  n: b c y x = BatchNorm[c](X)
  g: b c y x = GroupNorm[c y x, groups=4](n)
  i: b c y x = InstanceNorm[c y x](g)
  l: b c y x = LayerNorm[c y x](i)
"""

RESIDUAL = """\
def IdentityResidualBlock(X: y x n0 b) -> p q n1 b
  size y = 8
  size x = 8
  group x̄ = y x
  group x̄2 = p q
  g: y x n0 b = BatchNorm[n0](X)
  r: y x n0 b = relu(g)
  block Residual: r -> d
    a: p q nb b = Conv[y x -> p q, n0 -> nb, kernel=1, stride=2](r)
    g1: p q nb b = BatchNorm[nb](a)
    r1: p q nb b = relu(g1)
    c: p q nc b = Conv[p q, nb -> nc, kernel=3](r1)
    g2: p q nc b = BatchNorm[nc](c)
    r2: p q nc b = relu(g2)
    d: p q n1 b = Conv[p q, nc -> n1, kernel=1](r2)
  s: p q n1 b = Conv[y x -> p q, n0 -> n1, kernel=1, stride=2](r)
  z: p q n1 b = add(d, s)
"""

RESNET = """\
def IdentityResNet(X: y x c b) -> b k
  size y = 8
  size x = 8
  size c = 3
  size n = 16
  size k = 10
  size N = 3
  group x̄ = y x
  H: y x n b = Conv[y x, c -> n, kernel=3](X)
  block Block xN: H -> Y
    g1: y x n b = BatchNorm[n](H)
    r1: y x n b = relu(g1)
    a: y x e b = Conv[y x, n -> e, kernel=1](r1)
    g2: y x e b = BatchNorm[e](a)
    r2: y x e b = relu(g2)
    d: y x f b = Conv[y x, e -> f, kernel=3](r2)
    g3: y x f b = BatchNorm[f](d)
    r3: y x f b = relu(g3)
    i: y x n b = Conv[y x, f -> n, kernel=1](r3)
    Y: y x n b = add(H, i)
  g: y x n b = BatchNorm[n](Y)
  r: y x n b = relu(g)
  m: n b = mean[y x](r)
  l: b k = Linear+(m)
  p: b k = softmax[k](l)
"""

UNET = """\
def UNet(X: b c0 y x) -> b d y x
  size y = 16
  size x = 16
  size c0 = 1
  size d = 2
  group x̄ = y x
  group x̄2 = p q
  group x̄3 = r s
  block Down1: X -> a2
    a: b c1 y x = Conv+[y x, c0 -> c1, kernel=3](X)
    a1: b c1 y x = relu(a)
    ab: b c2 y x = Conv+[y x, c1 -> c2, kernel=3](a1)
    a2: b c2 y x = relu(ab)
  C1: b c2 y x = save(a2)
  m1: b c2 p q = maxpool[y x -> p q, kernel=2, stride=2](a2)
  block Down2: m1 -> e2
    e: b c3 p q = Conv+[p q, c2 -> c3, kernel=3](m1)
    e1: b c3 p q = relu(e)
    ef: b c4 p q = Conv+[p q, c3 -> c4, kernel=3](e1)
    e2: b c4 p q = relu(ef)
  C2: b c4 p q = save(e2)
  m2: b c4 r s = maxpool[p q -> r s, kernel=2, stride=2](e2)
  f: b c5 r s = Conv+[r s, c4 -> c5, kernel=3](m2)
  f1: b c5 r s = relu(f)
  u1: b c6 p q = ConvT+[r s -> p q, c5 -> c6, kernel=2, stride=2](f1)
  v2: b c4 p q = load(C2)
  j1: b c7 p q = concat[c4 c6 -> c7](v2, u1)
  block Up1: j1 -> g1
    g: b c8 p q = Conv+[p q, c7 -> c8, kernel=3](j1)
    g1: b c8 p q = relu(g)
  u2: b c9 y x = ConvT+[p q -> y x, c8 -> c9, kernel=2, stride=2](g1)
  v1: b c2 y x = load(C1)
  j2: b c10 y x = concat[c2 c9 -> c10](v1, u2)
  block Up2: j2 -> h1
    h: b c11 y x = Conv+[y x, c10 -> c11, kernel=3](j2)
    h1: b c11 y x = relu(h)
  z: b d y x = Conv+[y x, c11 -> d, kernel=1](h1)
"""

WAVES = """\
def FourierLayer(v: b c x) -> b d x
  # every wave mixes the channels by a matrix of complex numbers of its own
  size x = 16
  f: b c k z = fft[x -> k z, modes=5](v)
  p: b c k = index[z, at=0](f)
  q: b c k = index[z, at=1](f)
  R: c d k = param[Real]()
  I: c d k = param[Imaginary]()
  pr: b d k = einsum(p, R)
  qi: b d k = einsum(q, I)
  pi: b d k = einsum(p, I)
  qr: b d k = einsum(q, R)
  r: b d k = sub(pr, qi)
  i: b d k = add(pi, qr)
  r1: b d k e = view[-> e](r)
  i1: b d k h = view[-> h](i)
  g: b d k z = concat[e h -> z](r1, i1)
  s: b d x = ifft[k z -> x](g)
  w: b d x = Linear+[W, c -> d](v)
  y: b d x = add(s, w)
"""

REACH = """\
def SameReach(u: b c x) -> b d x
  # on a grid twice as fine neighbours are taken twice as far away
  size x = 16
  size r = x/8
  y: b d x = Conv+[x, c -> d, kernel=3, dilation=r](u)
"""

FIGURE = "Abbott 2024, figure"
ENTRIES = {
    "conv": Entry("Convolution with stride", CONV1D, f"{FIGURE} 23; torch conv1d"),
    "windows": Entry("Convolution by windows", WINDOW, f"{FIGURE} 23; torch conv1d"),
    "dilated": Entry("Dilated convolution", DILATED, f"{FIGURE} 24; torch conv2d"),
    "fourier": Entry("Fourier layer", WAVES, "Li et al. 2021; torch.fft"),
    "reach": Entry("Convolution of equal reach", REACH, "Berner et al. 2025; torch conv1d"),
    "depthwise": Entry("Depthwise separable convolution", DEPTHWISE, "torch conv2d"),
    "transposed": Entry("Transposed convolution", UPSAMPLE, f"{FIGURE} 25; torch conv_transpose2d"),
    "pools": Entry("Pools", POOLS, "torch max_pool2d, avg_pool2d"),
    "norms": Entry("Norms", NORMS, "torch batch_norm, group_norm, layer_norm"),
    "residual": Entry("Identity residual block", RESIDUAL, f"{FIGURE} 26, lower part"),
    "resnet": Entry("Identity ResNet", RESNET, f"{FIGURE} 26; He et al. 2016"),
    "unet": Entry("U-Net", UNET, f"{FIGURE} 27; Ronneberger et al. 2015"),
}
