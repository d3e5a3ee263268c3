// The linear algebra of the figures. A matrix is an array of rows.

export const shape = (A) => [A.length, A.length ? A[0].length : 0];
export const transpose = (A) => (A.length ? A[0].map((_, j) => A.map((row) => row[j])) : []);
export const multiply = (A, B) => A.map((row) => B[0].map((_, j) => row.reduce((sum, a, l) => sum + a * B[l][j], 0)));
export const dot = (a, b) => a.reduce((sum, entry, i) => sum + entry * b[i], 0);
export const norm = (a) => Math.hypot(...a);
export const frobenius = (A) => norm(A.map(norm));

// Below it two columns count as orthogonal: some units of rounding.
const TOLERANCE = 1e-15;
const SWEEPS = 60;

/**
 * Thin singular value decomposition by one-sided Jacobi rotations (Demmel and Veselic 1992).
 *
 * @param {number[][]} A m rows of n finite numbers
 * @returns {{U: number[][], s: number[], V: number[][]}} U is m x p, V is n x p with p = min(m, n), both with orthonormal
 * columns, also where a value is zero; s falls. The entry of largest size in each right vector is positive.
 */
export function svd(A) {
  const [m, n] = shape(A);
  if (m < n) {
    const { U, s, V } = svd(transpose(A));
    return fixSigns({ U: V, s, V: U });
  }
  const largest = A.flat().reduce((max, entry) => Math.max(max, Math.abs(entry)), 0);
  // Divided by a power of two, so that no square leaves the range of the numbers and no digit is lost.
  const scale = largest ? 2 ** Math.min(1023, Math.floor(Math.log2(largest))) : 1;
  const work = transpose(A.map((row) => row.map((entry) => entry / scale)));
  const right = work.map((_, j) => work.map((_, i) => (i === j ? 1 : 0)));
  orthogonalise(work, right);
  const sizes = work.map(norm);
  const order = sizes.map((_, j) => j).sort((i, j) => sizes[j] - sizes[i]);
  const columns = [];
  for (const j of order) {
    // Twice is enough (Parlett): what rounding left of the larger columns in a tiny one is taken out.
    const column = sizes[j] > 0 ? orthogonalTo(columns, work[j].map((entry) => entry / sizes[j])) : null;
    columns.push(column ?? anyOrthogonalTo(columns, m));
  }
  const s = order.map((j) => sizes[j] * scale);
  return fixSigns({ U: transpose(columns), s, V: transpose(order.map((j) => right[j])) });
}

/** Rotate pairs of columns until all are orthogonal, the larger one first, and the columns of `right` along with them. */
function orthogonalise(work, right) {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let i = 0; i < work.length; i++) {
      for (let j = i + 1; j < work.length; j++) rotated = rotate(work, right, i, j) || rotated;
    }
    if (!rotated) return;
  }
}

/** Make the columns i and j orthogonal; false if they were. The larger of the two comes to the place i. */
export function rotate(work, right, i, j) {
  const [a, b] = [norm(work[i]), norm(work[j])];
  if (a < b) {
    for (const columns of [work, right]) [columns[i], columns[j]] = [columns[j], columns[i]];
    rotate(work, right, i, j);
    return true;
  }
  // Cosine of the angle between them, from unit vectors, so that a tiny column counts as much as a large one.
  const cosine = b > 0 ? dot(work[i].map((entry) => entry / a), work[j].map((entry) => entry / b)) : 0;
  if (Math.abs(cosine) <= TOLERANCE * Math.sqrt(work[i].length)) return false;
  const ratio = b / a;
  const zeta = (ratio - 1 / ratio) / (2 * cosine);
  const t = Number.isFinite(zeta) ? Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta)) : -ratio * cosine;
  const c = 1 / Math.hypot(1, t);
  for (const columns of [work, right]) {
    const [x, y] = [columns[i], columns[j]];
    columns[i] = x.map((entry, l) => c * (entry - t * y[l]));
    columns[j] = x.map((entry, l) => c * (t * entry + y[l]));
  }
  return true;
}

/** What is left of a unit vector without its parts along the columns, as a unit vector; null if nothing is. */
function orthogonalTo(columns, vector) {
  for (let pass = 0; pass < 2; pass++) {
    for (const column of columns) {
      const part = dot(column, vector);
      vector = vector.map((entry, i) => entry - part * column[i]);
    }
  }
  const length = norm(vector);
  return length > 0.5 ? vector.map((entry) => entry / length) : null;
}

function anyOrthogonalTo(columns, m) {
  // Of the unit vectors the one that the columns reach least.
  const reached = Array.from({ length: m }, (_, i) => columns.reduce((sum, column) => sum + column[i] ** 2, 0));
  const least = reached.indexOf(Math.min(...reached));
  let vector = Array.from({ length: m }, (_, i) => (i === least ? 1 : 0));
  for (let pass = 0; pass < 2; pass++) {
    for (const column of columns) {
      const part = dot(column, vector);
      vector = vector.map((entry, i) => entry - part * column[i]);
    }
    const length = norm(vector);
    vector = vector.map((entry) => entry / length);
  }
  return vector;
}

function fixSigns({ U, s, V }) {
  const signs = s.map((_, j) => {
    const column = V.map((row) => row[j]);
    const largest = column.reduce((best, entry) => (Math.abs(entry) > Math.abs(best) * (1 + 1e-10) ? entry : best), 0);
    return largest < 0 ? -1 : 1;
  });
  const turn = (Q) => Q.map((row) => row.map((entry, j) => entry * signs[j]));
  return { U: turn(U), s, V: turn(V) };
}

/** Truncated sum of the first k layers. */
export function lowRank({ U, s, V }, k) {
  return U.map((left) => V.map((right) => s.slice(0, k).reduce((sum, sigma, j) => sum + sigma * left[j] * right[j], 0)));
}
