// worker.mjs MODULES MODE OUT FILE...: runs one Node library over the files, one after another, on one thread.
// worker.mjs MODULES similarity - REFERENCE CANDIDATE...: prints a JSON list of luma SSIM, one a pair.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

const [modules, mode, out, ...files] = process.argv.slice(2);
const require = createRequire(join(modules, 'package.json'));
const library = (name) => require(name);

function single(sharp) {
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

const sharpTo = (encode) => async (bytes) => encode(single(library('sharp'))(bytes, { limitInputPixels: false })).toBuffer();
const napi = (call) => async (bytes) => call(library('@napi-rs/image'), bytes);

const modes = {
  'sharp-png': ['', sharpTo((image) => image.png({ compressionLevel: 9, adaptiveFiltering: true }))],
  'sharp-png-palette': ['', sharpTo((image) => image.png({ palette: true, quality: 70 }))],
  'sharp-jpeg': ['', sharpTo((image) => image.jpeg({ quality: 70, mozjpeg: true }))],
  'sharp-webp': ['.webp', sharpTo((image) => image.webp({ quality: 70 }))],
  'napi-png': ['', napi((image, bytes) => image.losslessCompressPngSync(bytes, { strip: true }))],
  'napi-png-quantize': ['', napi((image, bytes) => image.pngQuantizeSync(bytes, { minQuality: 0, maxQuality: 70 }))],
  'napi-jpeg': ['', napi((image, bytes) => image.compressJpegSync(bytes, { quality: 70 }))],
};

async function luma(sharp, file) {
  const image = sharp(file, { limitInputPixels: false }).flatten({ background: '#808080' }).toColourspace('b-w');
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, step: info.channels };
}

// Mean SSIM over 8 × 8 windows that do not overlap (Wang et al. 2004, with K1 = 0.01 and K2 = 0.03).
function ssim(a, b) {
  if (a.width !== b.width || a.height !== b.height) return null;
  const c1 = 6.5025, c2 = 58.5225;
  const side = Math.min(8, a.width, a.height), area = side * side;
  let sum = 0, windows = 0;
  for (let top = 0; top + side <= a.height; top += side) {
    for (let left = 0; left + side <= a.width; left += side) {
      let sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
      for (let y = top; y < top + side; y++) {
        for (let x = left; x < left + side; x++) {
          const p = a.data[(y * a.width + x) * a.step], q = b.data[(y * b.width + x) * b.step];
          sa += p; sb += q; saa += p * p; sbb += q * q; sab += p * q;
        }
      }
      const ma = sa / area, mb = sb / area;
      const va = saa / area - ma * ma, vb = sbb / area - mb * mb, cov = sab / area - ma * mb;
      sum += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
      windows += 1;
    }
  }
  return sum / windows;
}

if (mode === 'similarity') {
  const sharp = single(library('sharp'));
  const results = [];
  for (let at = 0; at + 1 < files.length; at += 2) {
    try {
      results.push(ssim(await luma(sharp, files[at]), await luma(sharp, files[at + 1])));
    } catch {
      results.push(null);
    }
  }
  console.log(JSON.stringify(results));
} else {
  const [suffix, compress] = modes[mode];
  for (const file of files) {
    try {
      const name = basename(file);
      const target = suffix ? name.slice(0, name.length - extname(name).length) + suffix : name;
      writeFileSync(join(out, target), await compress(readFileSync(file)));
    } catch (error) {
      console.error(`${file}: ${error.message}`);
    }
  }
}
