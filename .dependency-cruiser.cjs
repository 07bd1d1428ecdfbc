/*
 * Which part of the project may import which. The rules keep the engine free of I/O, the client free of Nest, and every
 * package installable on its own. `npm run check:imports` and a test run them.
 */

const NEST = ['@nestjs/[^/]+', 'reflect-metadata', 'rxjs'];
const VALIDATION = ['class-transformer', 'class-validator'];

/** For each project: other projects, npm packages and modules of Node it may import. Everything else is an error. */
const PROJECTS = {
  'libs/protocol': { projects: [], packages: [], core: ['crypto'] },
  'libs/engine': { projects: ['libs/protocol'], packages: [], core: [] },
  'libs/sqlite': { projects: [], packages: ['@photostructure/sqlite'] },
  'libs/coordinator': {
    projects: ['libs/engine', 'libs/protocol', 'libs/sqlite'],
    packages: [
      ...NEST,
      ...VALIDATION,
      'typeorm',
      'undici',
      'fastify',
      'prom-client',
      'mysql2',
      'pg',
      '@grpc/grpc-js',
      '@grpc/reflection',
      'grpc-health-check',
    ],
  },
  'libs/client': { projects: ['libs/protocol'], packages: ['undici'] },
  'libs/nestjs-dtx': {
    projects: ['libs/client', 'libs/protocol', 'libs/sqlite'],
    packages: [...NEST, ...VALIDATION, 'typeorm'],
  },
  'libs/testing': {
    projects: ['libs/coordinator', 'libs/engine', 'libs/client', 'libs/nestjs-dtx', 'libs/protocol', 'libs/sqlite'],
    packages: [...NEST, '@grpc/grpc-js', 'typeorm', 'fast-check', 'jest', '@jest/globals', '@types/jest'],
  },
  'apps/coordinator': {
    projects: ['libs/coordinator', 'libs/protocol'],
    packages: [...NEST, ...VALIDATION, 'yaml'],
  },
  'apps/bank': {
    projects: ['libs/nestjs-dtx', 'libs/client', 'libs/protocol', 'libs/sqlite'],
    packages: [...NEST, ...VALIDATION, 'typeorm'],
  },
};

/** Specs and what only they use. */
const SPEC = '\\.(spec|spec-helper)\\.ts$';

const escaped = (path) => path.replaceAll('/', '\\/');
const under = (projects) => `^(${projects.map(escaped).join('|')})/`;
const installed = (packages) => `(^|/)node_modules/(${packages.join('|')})(/|$)`;

const rulesOf = ([project, { projects, packages, core }]) => {
  const sources = { path: under([project]), pathNot: SPEC };
  return [
    {
      name: `${project}: other projects`,
      comment: `Sources import only ${[project, ...projects].join(', ')}.`,
      severity: 'error',
      from: sources,
      to: { path: '^(libs|apps|test)/', pathNot: under([project, ...projects]) },
    },
    {
      name: `${project}: other projects in specs`,
      comment: 'Specs may import libs/testing as well.',
      severity: 'error',
      from: { path: `${under([project])}.*${SPEC}` },
      to: { path: '^(libs|apps|test)/', pathNot: under([project, ...projects, 'libs/testing']) },
    },
    {
      name: `${project}: packages`,
      comment: packages.length === 0 ? 'Sources import no package.' : `Sources import only ${packages.join(', ')}.`,
      severity: 'error',
      from: sources,
      to: { path: '(^|/)node_modules/', ...(packages.length > 0 && { pathNot: installed(packages) }) },
    },
    ...(core
      ? [
          {
            name: `${project}: modules of Node`,
            comment: 'Decisions and wire contract do no I/O.',
            severity: 'error',
            from: sources,
            to: { dependencyTypes: ['core'], ...(core.length > 0 && { pathNot: `^(node:)?(${core.join('|')})$` }) },
          },
        ]
      : []),
  ];
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(PROJECTS).flatMap(rulesOf),
    {
      name: 'no-cycle',
      comment: 'Two files that import each other cannot be understood or loaded one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-import',
      comment: 'Another project is seen through its index only.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/|^(test)/' },
      to: { path: '^(libs|apps)/[^/]+/', pathNot: ['^$1/$2/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'no-own-index',
      comment: 'A file that imports the index of its own project is on a cycle as soon as the index exports it.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^$1/$2/src/index\\.ts$' },
    },
    {
      name: 'no-relative-import-of-project',
      comment:
        'Other projects are imported by the name of their package: a relative path is not there when it is installed.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/|^(test)/' },
      to: { path: '^libs/', pathNot: '^$1/$2/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'no-spec-in-sources',
      comment: 'Specs and their helpers are not published.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: SPEC },
      to: { path: SPEC },
    },
    {
      name: 'no-app-in-tests',
      comment: 'Tests run the apps as processes, as users do.',
      severity: 'error',
      from: { path: '^test/' },
      to: { path: '^apps/' },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Only our own output: most packages have a dist folder as well.
    exclude: { path: ['^dist/', '^coverage/', '^(libs|apps)/[^/]+/dist/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types only count as well: a package that is missing at compile time is missing.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
