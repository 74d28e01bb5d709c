"use strict";
// Draws a relief of square columns by itself, pixel by pixel: no WebGL, no library, the same everywhere.
// Columns are drawn from the farthest to the nearest, so that nearer ones cover those behind them.
(() => {
  const HOLE = 65535;
  const LIGHT = { top: 1, x: 0.62, y: 0.8 };

  const unpack = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
  };

  const start = (root) => {
    const scene = JSON.parse(root.querySelector(".scene").textContent);
    const canvas = root.querySelector("canvas");
    const context = canvas.getContext("2d");
    const find = (name) => root.querySelector("." + name);
    const state = {};
    let layer, heights, image, pixels, drawn = 0;

    const reset = () => Object.assign(state, { turn: -0.6, lift: 0.75, zoom: 1 });

    const choose = () => {
      layer = scene.views[Number(find("view").value)];
      heights = unpack(layer.data);
    };

    const fit = () => {
      const sharp = Math.min(2, window.devicePixelRatio || 1);
      const width = Math.max(2, Math.round(canvas.clientWidth * sharp));
      const height = Math.max(2, Math.round(canvas.clientHeight * sharp));
      if (canvas.width !== width || canvas.height !== height || !image) {
        canvas.width = width;
        canvas.height = height;
        image = context.createImageData(width, height);
        pixels = new Uint32Array(image.data.buffer);
      }
    };

    const pack = (r, g, b) => (255 << 24) | (b << 16) | (g << 8) | r;
    const css = (name) =>
      getComputedStyle(root).getPropertyValue(name).split(",").map(Number);

    // Fills a parallelogram with a corner at (x, y) and sides (ax, ay), (bx, by); rows of pixels between edges.
    const fill = (x, y, ax, ay, bx, by, colour) => {
      const xs = [x, x + ax, x + ax + bx, x + bx];
      const ys = [y, y + ay, y + ay + by, y + by];
      const first = Math.max(0, Math.ceil(Math.min(...ys) - 0.5));
      const last = Math.min(canvas.height - 1, Math.floor(Math.max(...ys) - 0.5));
      for (let row = first; row <= last; row++) {
        const at = row + 0.5;
        let left = Infinity, right = -Infinity;
        for (let i = 0; i < 4; i++) {
          const j = (i + 1) & 3;
          if (ys[i] <= at === ys[j] <= at) continue;
          const cross = xs[i] + ((at - ys[i]) / (ys[j] - ys[i])) * (xs[j] - xs[i]);
          if (cross < left) left = cross;
          if (cross > right) right = cross;
        }
        const from = Math.max(0, Math.ceil(left - 0.5)), to = Math.min(canvas.width, Math.ceil(right - 0.5));
        if (to > from) pixels.fill(colour, row * canvas.width + from, row * canvas.width + to);
      }
    };

    // An arrow along an edge of the layer, beyond its corner, with its name and length.
    const axis = (name, [x0, y0], [x1, y1], length_um) => {
      const size = canvas.width / Math.max(1, canvas.clientWidth);
      const over = 1 + (14 * size) / Math.max(1, Math.hypot(x1 - x0, y1 - y0));
      const [x, y] = [x0 + (x1 - x0) * over, y0 + (y1 - y0) * over];
      context.strokeStyle = context.fillStyle = getComputedStyle(root).color;
      context.lineWidth = 1.5 * size;
      context.font = `${12 * size}px sans-serif`;
      context.textAlign = "center";
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x, y);
      context.stroke();
      const words = `${name} ${Number(length_um.toPrecision(4))} µm`;
      const half = context.measureText(words).width / 2 + 4 * size;
      const into = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
      context.fillText(words, into(x, half, canvas.width - half), into(y + (y < canvas.height / 2 ? -6 : 14) * size, 14 * size, canvas.height - 5 * size));
    };

    const draw = () => {
      fit();
      const { nx, ny, cell_um: cell } = layer;
      const [cos, sin, up, flat] = [Math.cos(state.turn), Math.sin(state.turn), Math.sin(state.lift), Math.cos(state.lift)];
      const times = 10 ** (Number(find("height").value) / 2.5);
      const width = nx * cell, depth = ny * cell, tall = scene.tallest_um * times;
      const reach = Math.hypot(width, depth);
      const scale = state.zoom * Math.min(canvas.width / reach, canvas.height / (reach * up + tall * flat)) * 0.88;
      const [xx, xy] = [cos * scale * cell, -sin * up * scale * cell];
      const [yx, yy] = [-sin * scale * cell, -cos * up * scale * cell];
      const zy = -flat * scale * tall / (HOLE - 1);
      const ox = canvas.width / 2 - (xx * nx + yx * ny) / 2;
      const oy = canvas.height / 2 - (xy * nx + yy * ny) / 2 + (flat * scale * tall) / 2;
      const paint = find("paint").value === "phase";
      const plain = css("--plain"), last = scene.colours.length - 1;
      const shade = (h, light) => {
        const rgb = paint ? scene.colours[Math.round((h / (HOLE - 1)) * last)] : plain;
        const weak = paint ? light : light * (0.72 + (0.28 * h) / (HOLE - 1));
        return pack(rgb[0] * weak, rgb[1] * weak, rgb[2] * weak);
      };
      const faces = [LIGHT.top, LIGHT.x, LIGHT.y].map((light) =>
        Uint32Array.from({ length: 257 }, (_, i) => shade((i / 256) * (HOLE - 1), light)));
      const colour = (face, h) => faces[face][(h * 256 / (HOLE - 1)) | 0];
      const hole = pack(208, 32, 32);
      pixels.fill(pack(...css("--sky")));

      // The far side first: the view comes from -y where cos > 0, and from -x where sin > 0, in screen terms.
      const far_y = xyOrder(ny, yy < 0), far_x = xyOrder(nx, xy < 0);
      const near_x = xy < 0 ? -1 : 1, near_y = yy < 0 ? -1 : 1;
      const heightAt = (j, i) =>
        i < 0 || j < 0 || i >= ny || j >= nx ? 0 : heights[i * nx + j] === HOLE ? 0 : heights[i * nx + j];
      for (const i of far_y) {
        for (const j of far_x) {
          const raw = heights[i * nx + j], h = raw === HOLE ? 0 : raw;
          const x = ox + xx * j + yx * i, y = oy + xy * j + yy * i;
          const low_x = heightAt(j + near_x, i), low_y = heightAt(j, i + near_y);
          if (h > low_x) {
            const k = near_x > 0 ? 1 : 0;
            fill(x + k * xx, y + k * xy + zy * h, yx, yy, 0, zy * (low_x - h), colour(1, h));
          }
          if (h > low_y) {
            const k = near_y > 0 ? 1 : 0;
            fill(x + k * yx, y + k * yy + zy * h, xx, xy, 0, zy * (low_y - h), colour(2, h));
          }
          fill(x, y + zy * h, xx, xy, yx, yy, raw === HOLE ? hole : colour(0, h));
        }
      }
      context.putImageData(image, 0, 0);
      const at = (j, i) => [ox + xx * j + yx * i, oy + xy * j + yy * i];
      axis("x", at(0, 0), at(nx, 0), layer.size_um[0]);
      axis("y", at(0, 0), at(0, ny), layer.size_um[1]);
      find("times").textContent = times < 10 ? times.toFixed(1) : times.toFixed(0);
      find("status").textContent =
        `${layer.name}: ${layer.size_um.map((side) => Number(side.toPrecision(4))).join(" × ")} µm, ` +
        `drawn ${times < 1.05 ? "to scale" : "taller than it is"}; the tallest of all layers is ` +
        `${Number((1000 * scene.tallest_um).toPrecision(4))} nm.`;
      canvas.dataset.drawn = String(++drawn);
    };
    const xyOrder = (count, rising) =>
      Array.from({ length: count }, (_, k) => (rising ? count - 1 - k : k));

    let waiting = false;
    const ask = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; draw(); });
    };
    const turn = (dx, dy) => {
      state.turn += dx;
      state.lift = Math.min(Math.PI / 2, Math.max(0.08, state.lift + dy));
      ask();
    };
    const grow = (factor) => {
      state.zoom = Math.min(20, Math.max(0.5, state.zoom * factor));
      ask();
    };

    const touching = new Map();
    canvas.addEventListener("pointerdown", (event) => {
      touching.set(event.pointerId, event);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = touching.get(event.pointerId);
      if (!before) return;
      const others = [...touching.values()].filter((one) => one.pointerId !== event.pointerId);
      if (others.length) {
        const span = (one) => Math.hypot(one.clientX - others[0].clientX, one.clientY - others[0].clientY);
        grow(Math.max(1, span(event)) / Math.max(1, span(before)));
      } else {
        turn((event.clientX - before.clientX) * 0.01, (event.clientY - before.clientY) * 0.01);
      }
      touching.set(event.pointerId, event);
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(name, (event) => touching.delete(event.pointerId));
    }
    canvas.addEventListener("keydown", (event) => {
      const step = 0.08;
      const act = {
        ArrowLeft: () => turn(-step, 0), ArrowRight: () => turn(step, 0), ArrowUp: () => turn(0, step),
        ArrowDown: () => turn(0, -step), "+": () => grow(1.15), "-": () => grow(1 / 1.15),
      }[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      grow(Math.exp(-event.deltaY * 0.002));
    }, { passive: false });
    find("view").addEventListener("change", () => { choose(); ask(); });
    find("height").addEventListener("input", ask);
    find("paint").addEventListener("change", ask);
    find("reset").addEventListener("click", () => { reset(); find("height").value = 0; ask(); });
    find("top").addEventListener("click", () => { Object.assign(state, { turn: 0, lift: Math.PI / 2 }); ask(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ask);
    new ResizeObserver(ask).observe(canvas);
    reset();
    choose();
    draw();
  };
  for (const root of document.querySelectorAll(".viewer")) start(root);
})();
