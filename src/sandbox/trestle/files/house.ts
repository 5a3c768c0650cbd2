import type { Random } from '../random.ts';

/** Y, Cb and Cr, each from -128 to 127. */
export type Colour = readonly [number, number, number];

/** Returns the colour at a place of a picture; both from 0 (left, top) to 1. */
export type Picture = (x: number, y: number) => Colour;

/** Converts red, green and blue, 0 to 255 (JFIF 1.02). */
function toColour(red: number, green: number, blue: number): Colour {
  return [
    Math.round(0.299 * red + 0.587 * green + 0.114 * blue) - 128,
    Math.round(-0.1687 * red - 0.3313 * green + 0.5 * blue),
    Math.max(-128, Math.min(127, Math.round(0.5 * red - 0.4187 * green - 0.0813 * blue))),
  ];
}

/** Draws a house with a sky, a lawn, a roof, a door and windows, in random colours. */
export function drawHouse(random: Random): Picture {
  const draw = (from: number, to: number): Colour =>
    toColour(random.int(from, to), random.int(from, to), random.int(from, to));
  const [sky, lawn] = [
    toColour(random.int(90, 180), random.int(150, 210), 240),
    toColour(60, random.int(110, 180), 50),
  ];
  const [wall, roof, door, window] = [draw(150, 255), draw(40, 160), draw(20, 120), toColour(250, 240, 160)];
  const [left, right, top] = [
    0.15 + random.next() * 0.15,
    0.7 + random.next() * 0.15,
    0.4 + random.next() * 0.1,
  ];
  const doorAt = left + (right - left) * (0.4 + random.next() * 0.2);
  return (x, y) => {
    const middle = (left + right) / 2;
    const slope = (y - top + 0.25) / 0.25;
    if (y < top && slope > 0 && Math.abs(x - middle) < slope * ((right - left) / 2 + 0.05)) return roof;
    if (y < top || x < left || x > right || y > 0.8) return y < 0.7 ? sky : lawn;
    if (y > 0.62 && Math.abs(x - doorAt) < 0.05) return door;
    const column = (x - left) / (right - left);
    const isWindow =
      y > top + 0.08 && y < top + 0.18 && (Math.abs(column - 0.2) < 0.08 || Math.abs(column - 0.8) < 0.08);
    return isWindow ? window : wall;
  };
}
