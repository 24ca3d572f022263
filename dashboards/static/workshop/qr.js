// A QR code (ISO/IEC 18004, model 2): bytes, error correction M, versions 1 to 10, enough for any link of ours.
//
//   const modules = qr(link);     // rows of booleans, true is dark
//
// Pure: drawing it is left to the page, so that nothing is fetched and nobody else learns the link.

// Per version at level M: error correction bytes a block, then [blocks, data bytes] for each kind of block.
const BLOCKS = [
  [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]], [16, [4, 27]], [18, [4, 31]],
  [22, [2, 38], [2, 39]], [22, [3, 36], [2, 37]], [26, [4, 43], [1, 44]],
];
const ALIGN = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const MASKS = [
  (x, y) => (x + y) % 2 === 0, (x, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];
const LEVEL_M = 0;

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, number = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = number;
  LOG[number] = power;
  number = (number << 1) ^ (number & 128 ? 0x11d : 0);
}
const times = (one, other) => (one && other ? EXP[LOG[one] + LOG[other]] : 0);

/** The remainder that makes a block mend itself. */
function correction(data, count) {
  let divisor = [1];
  for (let power = 0; power < count; power += 1) divisor = [...divisor, 0].map((one, index) => one ^ times(divisor[index - 1] ?? 0, EXP[power]));
  const rest = [...data, ...new Array(count).fill(0)];
  data.forEach((_, index) => {
    const factor = rest[index];
    divisor.forEach((one, step) => { rest[index + step] ^= times(one, factor); });
  });
  return rest.slice(data.length);
}

const room = (version) => BLOCKS[version - 1].slice(1).reduce((sum, [count, size]) => sum + count * size, 0);

function bytesFor(text, version) {
  const bytes = new TextEncoder().encode(text);
  const bits = [];
  const put = (number, length) => { for (let at = length - 1; at >= 0; at -= 1) bits.push((number >> at) & 1); };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const size = room(version) * 8;
  if (bits.length > size) return null;
  put(0, Math.min(4, size - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < size; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({length: size / 8}, (_, index) => bits.slice(index * 8, index * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0));
}

/** Data and correction of all blocks, one byte of each in turn. */
function woven(data, version) {
  const [count, ...kinds] = BLOCKS[version - 1];
  const sizes = kinds.flatMap(([blocks, size]) => new Array(blocks).fill(size));
  let at = 0;
  const blocks = sizes.map((size) => data.slice(at, at += size));
  const checks = blocks.map((block) => correction(block, count));
  const turns = (lists) => Array.from({length: Math.max(...lists.map((list) => list.length))}, (_, index) => lists.map((list) => list[index]).filter((one) => one !== undefined)).flat();
  return [...turns(blocks), ...turns(checks)];
}

/** The fixed figures: `grid` holds true, false, or null where data goes. */
function frame(version) {
  const size = version * 4 + 17;
  const grid = Array.from({length: size}, () => new Array(size).fill(null));
  const square = (left, top, radius, dark) => {
    for (let y = -radius; y <= radius; y += 1) for (let x = -radius; x <= radius; x += 1) {
      if (top + y >= 0 && top + y < size && left + x >= 0 && left + x < size) grid[top + y][left + x] = dark(Math.max(Math.abs(x), Math.abs(y)));
    }
  };
  for (let at = 0; at < size; at += 1) grid[6][at] = grid[at][6] = at % 2 === 0;
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (off) => off !== 2 && off !== 4);
  const marks = ALIGN[version - 1];
  for (const x of marks) for (const y of marks) {
    if ((x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6)) continue;
    square(x, y, 2, (off) => off !== 1);
  }
  format(grid, 0);
  if (version >= 7) versionBits(grid, version);
  return grid;
}

function format(grid, mask) {
  const size = grid.length;
  const data = (LEVEL_M << 3) | mask;
  let rest = data;
  for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const bit = (at) => ((bits >> at) & 1) === 1;
  for (let at = 0; at < 6; at += 1) grid[at][8] = bit(at);
  grid[7][8] = bit(6);
  grid[8][8] = bit(7);
  grid[8][7] = bit(8);
  for (let at = 9; at < 15; at += 1) grid[8][14 - at] = bit(at);
  for (let at = 0; at < 8; at += 1) grid[8][size - 1 - at] = bit(at);
  for (let at = 8; at < 15; at += 1) grid[size - 15 + at][8] = bit(at);
  grid[size - 8][8] = true;
}

function versionBits(grid, version) {
  let rest = version;
  for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let at = 0; at < 18; at += 1) {
    const x = grid.length - 11 + (at % 3);
    const y = Math.floor(at / 3);
    grid[y][x] = grid[x][y] = ((bits >> at) & 1) === 1;
  }
}

/** Data in the free places, two columns at a time from the right, up and down in turn. */
function filled(fixed, bytes, mask) {
  const grid = fixed.map((row) => [...row]);
  const size = grid.length;
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) for (const x of [right, right - 1]) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      if (fixed[y][x] !== null) continue;
      const dark = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
      grid[y][x] = (dark === 1) !== MASKS[mask](x, y);
      at += 1;
    }
  }
  format(grid, mask);
  return grid;
}

/** How hard a picture is to read: long runs, blocks, false finders, and too much of one colour. */
export function penalty(grid) {
  const size = grid.length;
  const turned = grid.map((_, x) => grid.map((row) => row[x]));
  let sum = 0;
  for (const line of [...grid, ...turned]) {
    const text = line.map(Number).join("");
    for (const run of text.match(/0+|1+/g)) if (run.length >= 5) sum += run.length - 2;
    for (let at = 0; at + 11 <= size; at += 1) if (/^(10111010000|00001011101)$/.test(text.slice(at, at + 11))) sum += 40;
  }
  for (let y = 0; y + 1 < size; y += 1) for (let x = 0; x + 1 < size; x += 1) {
    if (grid[y][x] === grid[y][x + 1] && grid[y][x] === grid[y + 1][x] && grid[y][x] === grid[y + 1][x + 1]) sum += 3;
  }
  const share = (grid.flat().filter(Boolean).length * 100) / (size * size);
  return sum + Math.floor(Math.abs(share - 50) / 5) * 10;
}

/** The modules of the smallest code that holds the text; null when it is too long for version 10 (213 bytes). */
export function qr(text) {
  for (let version = 1; version <= BLOCKS.length; version += 1) {
    const data = bytesFor(text, version);
    if (!data) continue;
    const bytes = woven(data, version);
    const fixed = frame(version);
    const tried = MASKS.map((_, mask) => filled(fixed, bytes, mask));
    const costs = tried.map(penalty);
    return tried[costs.indexOf(Math.min(...costs))];
  }
  return null;
}

/** One path for an SVG whose unit is a module: every run of dark ones in a row is one rectangle. */
export function path(modules) {
  return modules.flatMap((row, y) => [...row.map((dark) => (dark ? "1" : "0")).join("").matchAll(/1+/g)].map(({0: run, index}) => `M${index} ${y}h${run.length}v1h-${run.length}z`)).join("");
}
