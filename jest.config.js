const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');

// Nest 12 ships ES modules only. Jest cannot require() those below Node 24.9, so every dependency with
// "type": "module" is transpiled to CommonJS by SWC; the result is cached after the first run.
function esmPackages(dir = join(__dirname, 'node_modules')) {
  return readdirSync(dir)
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(dir, name)).map((sub) => `${name}/${sub}`) : [name]))
    .filter((name) => !name.startsWith('.') && existsSync(join(dir, name, 'package.json')))
    .filter((name) => JSON.parse(readFileSync(join(dir, name, 'package.json'), 'utf8')).type === 'module');
}

const swc = (syntax) => [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      target: 'es2022',
      parser: syntax === 'typescript' ? { syntax, decorators: true } : { syntax },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testEnvironment: 'node',
  testRegex: '\\.spec\\.ts$',
  testTimeout: 180_000,
  // Jest leaves one processor out; on a machine of two, tests that wait for due times would then run one after the other.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  globalSetup: '<rootDir>/test/support/servers/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/servers/global-teardown.ts',
  moduleFileExtensions: ['js', 'mjs', 'json', 'ts'],
  transform: { '\\.ts$': swc('typescript'), '\\.m?js$': swc('ecmascript') },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages().join('|')})/)`, '<rootDir>/dist/'],
  moduleNameMapper: {
    '^@nestjs-dtx/([a-z-]+)$': '<rootDir>/libs/$1/src',
    '^nestjs-dtx$': '<rootDir>/libs/nestjs-dtx/src',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/libs/.*/dist'],
  collectCoverageFrom: [
    '{apps,libs}/**/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/*.spec-helper.ts',
    '!**/main.ts',
    '!**/index.ts',
  ],
  coverageThreshold: Object.fromEntries(
    ['protocol', 'engine', 'client'].map((lib) => [`./libs/${lib}/src/`, { lines: 90 }]),
  ),
  coverageDirectory: '<rootDir>/coverage',
};
