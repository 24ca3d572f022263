import assert from "node:assert/strict";
import {test} from "node:test";

import {path, penalty, qr} from "../../dashboards/static/workshop/qr.js";

const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3, (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3), (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** Reads a code of one block (versions 1 to 3) as a camera's program does, from the picture alone. */
function read(grid) {
  const size = grid.length;
  const version = (size - 17) / 4;
  const bits15 = [[8, 0], [8, 1], [8, 2], [8, 3], [8, 4], [8, 5], [8, 7], [8, 8], [7, 8], [5, 8], [4, 8], [3, 8], [2, 8], [1, 8], [0, 8]].reduce((sum, [x, y], at) => sum | (Number(grid[y][x]) << at), 0) ^ 0x5412;
  const mask = (bits15 >> 10) & 7;
  const fixed = (x, y) => (x < 9 && y < 9) || (x > size - 9 && y < 9) || (x < 9 && y > size - 9) || x === 6 || y === 6
    || (version > 1 && Math.abs(x - (size - 7)) <= 2 && Math.abs(y - (size - 7)) <= 2);
  const bits = [];
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) for (const x of [right, right - 1]) {
      const y = up ? size - 1 - step : step;
      if (!fixed(x, y)) bits.push(Number(grid[y][x]) ^ Number(MASKS[mask](x, y) === 0));
    }
  }
  const number = (from, length) => bits.slice(from, from + length).reduce((sum, bit) => sum * 2 + bit, 0);
  const bytes = Array.from({length: number(4, 8)}, (_, index) => number(12 + index * 8, 8));
  return {level: bits15 >> 13, mode: number(0, 4), text: new TextDecoder().decode(Uint8Array.from(bytes))};
}

test("what a code holds can be read from its picture [WS-13]", () => {
  for (const text of ["K", "KTM4RX", "http://127.0.0.1:5006/workshop/KTM4RX", "https://a.example/workshop/Ä—"]) {
    assert.deepEqual(read(qr(text)), {level: 0, mode: 4, text});
  }
});

test("a code is as small as its text allows, and there is none for what is too long", () => {
  assert.deepEqual([14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 213].map((length) => qr("x".repeat(length)).length), [21, 25, 25, 29, 33, 37, 41, 45, 49, 53, 57]);
  assert.equal(qr("x".repeat(214)), null);
});

test("finders, timing and the dark module stand where readers look for them", () => {
  for (const length of [10, 100, 200]) {
    const grid = qr("y".repeat(length));
    const size = grid.length;
    for (const [left, top] of [[0, 0], [size - 7, 0], [0, size - 7]]) {
      assert.deepEqual(grid[top].slice(left, left + 7), Array(7).fill(true));
      assert.deepEqual(grid[top + 3].slice(left, left + 7), [true, false, true, true, true, false, true]);
    }
    assert.deepEqual(grid[6].slice(8, size - 8), Array.from({length: size - 16}, (_, index) => index % 2 === 0));
    assert.equal(grid[size - 8][8], true);
  }
});

test("the same text is always the same picture, and its path draws every dark module once", () => {
  const grid = qr("https://tandem.example/workshop/KTM4RX");
  assert.deepEqual(grid, qr("https://tandem.example/workshop/KTM4RX"));
  const drawn = [...path(grid).matchAll(/M(\d+) (\d+)h(\d+)v1/g)].reduce((sum, [, , , run]) => sum + Number(run), 0);
  assert.equal(drawn, grid.flat().filter(Boolean).length);
  assert.ok(penalty(grid) < penalty(grid.map((row) => row.map(() => true))));
});
