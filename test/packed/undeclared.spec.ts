import { contentProblems } from './packages';
import { importedPackages } from './undeclared';

describe('imports of compiled code', () => {
  test.each([
    ['const a = require("undici");', ['undici']],
    ["import { A } from 'typeorm';", ['typeorm']],
    ['export * from "@nestjs/common/deep";', ['@nestjs/common']],
    ["import 'reflect-metadata';", ['reflect-metadata']],
    ['type A = import("@grpc/grpc-js").Client;', ['@grpc/grpc-js']],
    ['require("./own"); require("node:fs"); require("events");', []],
    ["/** import { A } from 'nowhere'; */\n// require('nowhere')", []],
    ['require("b"); require("a"); require("b");', ['a', 'b']],
  ])('%s', (text, expected) => {
    expect(importedPackages(text)).toEqual(expected);
  });
});

test('a tarball holds the build, its description and its license, and nothing else', () => {
  const complete = ['dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE', 'package.json'];
  const library = (files: readonly string[]) => ({ name: 'a', tarball: 'a.tgz', files });
  expect(contentProblems(library(complete))).toEqual([]);
  expect(contentProblems(library([...complete, 'dist/a.spec.js', 'src/a.ts', 'dist/.tsbuildinfo']))).toHaveLength(3);
  expect(contentProblems(library(complete.slice(1)))).toEqual(['a does not pack dist/index.js']);
});
