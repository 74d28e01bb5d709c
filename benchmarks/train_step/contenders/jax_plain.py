import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.train_step.setting import (
    DISTANCE_UM,
    LAYERS,
    LEARNING_RATE,
    SPACING_UM,
    WAVELENGTH_UM,
    Setting,
)


class Contender:
    """The plain loop in JAX, compiled: what chromatix's operations come down to."""

    label = "plain JAX, jit"
    package = "jax"
    padding = "2N"
    dtype = "complex64"

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.fields = jnp.asarray(setting.fields())
        self.labels = jnp.asarray(setting.labels())
        self.masks = jnp.asarray(setting.masks()).reshape(10, -1)

    def warm_up(self) -> None:
        jax.block_until_ready(jax.jit(jnp.fft.fft2)(jnp.zeros((2, 16, 16), jnp.complex64)))

    def build(self) -> None:
        self.transfer = self.transfer_function(DISTANCE_UM)
        phases = jnp.asarray(self.setting.phases())
        self.state = (phases, jnp.zeros_like(phases), jnp.zeros_like(phases), jnp.zeros(()))
        self.compiled = jax.jit(self.adam_step, donate_argnums=0)

    def transfer_function(self, distance_um: float) -> jax.Array:
        f = np.fft.fftfreq(2 * self.setting.samples, SPACING_UM)
        root = np.sqrt(WAVELENGTH_UM**-2 - f[:, None] ** 2 - f[None, :] ** 2)
        return jnp.asarray(np.exp(2j * np.pi * distance_um * root).astype(np.complex64))

    def convolved(self, field: jax.Array, transfer: jax.Array) -> jax.Array:
        n = self.setting.samples
        return jnp.fft.ifft2(jnp.fft.fft2(field, s=(2 * n, 2 * n)) * transfer)[..., :n, :n]

    def loss(self, phases, fields, transfer, labels, masks):
        for layer in range(LAYERS):
            fields = self.convolved(fields, transfer) * jnp.exp(1j * phases[layer])
        out = self.convolved(fields, transfer)
        powers = (out.real**2 + out.imag**2).reshape(len(out), -1) @ masks.T
        logits = jax.nn.log_softmax(10 * powers / powers.sum(1, keepdims=True))
        return -logits[jnp.arange(len(labels)), labels].mean()

    def adam_step(self, state, fields, transfer, labels, masks):
        phases, mean, square, count = state
        loss, gradient = jax.value_and_grad(self.loss)(phases, fields, transfer, labels, masks)
        count += 1
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        rate = LEARNING_RATE * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        return (phases - rate * mean / (jnp.sqrt(square) + 1e-8), mean, square, count), loss

    def step(self) -> float:
        self.state, loss = self.compiled(self.state, self.fields, self.transfer, self.labels, self.masks)
        return float(loss)

    def probe(self, distance_um: float) -> np.ndarray:
        field = jnp.asarray(self.setting.probe().astype(np.complex64))
        return np.asarray(self.convolved(field, self.transfer_function(distance_um)))
