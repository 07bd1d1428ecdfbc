/** A kind of application that our packages have to work in. */
export interface Consumer {
  readonly name: string;
  /** What Node and the compiler take its files for. */
  readonly type: 'module' | 'commonjs';
  /** Everything beside our packages, at versions that are known to work together. */
  readonly dependencies: Readonly<Record<string, string>>;
}

const COMMON = {
  '@types/node': '20.19.43',
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  fastify: '5.12.8',
  jest: '30.5.2',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  typescript: '6.0.3',
};

export const CONSUMERS: readonly Consumer[] = [
  {
    name: 'Nest 12, ES modules',
    type: 'module',
    dependencies: {
      ...COMMON,
      '@nestjs/common': '12.5.1',
      '@nestjs/core': '12.5.1',
      '@nestjs/microservices': '12.1.1',
      '@nestjs/platform-express': '12.5.1',
      '@nestjs/platform-fastify': '12.5.0',
      '@nestjs/schedule': '12.0.2',
      '@nestjs/typeorm': '12.0.2',
      typeorm: '1.1.1',
    },
  },
  {
    name: 'Nest 11, CommonJS',
    type: 'commonjs',
    dependencies: {
      ...COMMON,
      '@nestjs/common': '11.2.10',
      '@nestjs/core': '11.2.10',
      '@nestjs/microservices': '11.2.6',
      '@nestjs/platform-express': '11.2.10',
      '@nestjs/platform-fastify': '11.2.8',
      '@nestjs/schedule': '6.1.3',
      '@nestjs/typeorm': '11.0.3',
      typeorm: '0.3.30',
    },
  },
];
