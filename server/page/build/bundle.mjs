// Bundles the page: node build/bundle.mjs FOLDER
//
// The folder gets index.html and assets/ with a hash in each name, each file also compressed (.gz, .br) where that is
// smaller, and assets.txt, which lists them: what is served is what is listed.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
if (!folder) {
  throw new Error('usage: node build/bundle.mjs FOLDER');
}

/** Whose licenses NOTICE has. */
const LICENSED = ['@preact/signals', '@preact/signals-core', 'highlight.js', 'marked', 'preact'];

const result = await build({
  entryPoints: { page: 'src/main/ts/main.tsx' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  outdir: 'out',
  write: false,
  metafile: true,
  legalComments: 'none', // NOTICE has the licenses
  logLevel: 'warning',
});

for (const input of Object.keys(result.metafile.inputs)) {
  const name = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/)?.[1];
  if (name && !LICENSED.includes(name)) {
    throw new Error(`the bundle has ${name}, whose license is not in NOTICE; add it there and to LICENSED`);
  }
}

const files = new Map();

/** Adds a file under a name with its hash; returns the name. */
function asset(stem, extension, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const name = `assets/${stem}-${hash}.${extension}`;
  files.set(name, bytes);
  return name;
}

const named = {};
for (const output of result.outputFiles) {
  const extension = output.path.split('.').pop();
  named[extension] = asset('page', extension, Buffer.from(output.contents));
}
const icon = asset('icon', 'svg', readFileSync('src/main/ts/icon.svg'));
const html = readFileSync('src/main/ts/index.html', 'utf8')
  .replace('@STYLE@', named.css)
  .replace('@SCRIPT@', named.js)
  .replace('@ICON@', icon);
files.set('index.html', Buffer.from(html));

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'assets'), { recursive: true });
let whole = 0;
for (const [name, bytes] of files) {
  writeFileSync(join(folder, name), bytes);
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  for (const [extension, compressed] of [['gz', gzip], ['br', brotli]]) {
    if (compressed.length < bytes.length) {
      writeFileSync(join(folder, `${name}.${extension}`), compressed);
    }
  }
  whole += Math.min(gzip.length, bytes.length);
}
writeFileSync(join(folder, 'assets.txt'), [...files.keys()].sort().map((name) => `${name}\n`).join(''));
console.log(`${whole} bytes with gzip`);
if (whole > 120 * 1024) {
  throw new Error(`the page has ${whole} bytes with gzip; it is to have at most 120 KiB`);
}
