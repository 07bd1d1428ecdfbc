import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { DtxDefinitionError } from '../errors/dtx-definition.error';

/**
 * The application's TypeORM DataSources by name. They are recognised by their shape, and their tokens by the convention of
 * `@nestjs/typeorm`: services without a database need not install either package.
 */
@Injectable()
export class DataSources {
  private readonly known = new Map<string | undefined, DataSource>();

  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * @param name as given to `TypeOrmModule.forRoot({ name })`; none for the default DataSource
   * @throws DtxDefinitionError when there is none of that name
   */
  get(name?: string): DataSource {
    const dataSource = this.known.get(name) ?? this.find(name);
    if (!dataSource) throw new DtxDefinitionError(missing(name));
    this.known.set(name, dataSource);
    return dataSource;
  }

  private find(name: string | undefined): DataSource | undefined {
    const found = this.discovery
      .getProviders()
      .find(({ token, instance }) => isTokenOf(token, name) && isDataSource(instance));
    return found?.instance as DataSource | undefined;
  }
}

function isTokenOf(token: unknown, name: string | undefined): boolean {
  if (name !== undefined && name !== 'default') return token === `${name}DataSource` || token === name;
  return typeof token === 'function' && token.name === 'DataSource';
}

function isDataSource(instance: unknown): boolean {
  if (typeof instance !== 'object' || instance === null) return false;
  return 'createQueryRunner' in instance && 'manager' in instance && 'options' in instance;
}

function missing(name: string | undefined): string {
  const which = name === undefined ? 'no default DataSource' : `no DataSource named '${name}'`;
  return `@BarrierProtected needs the handler's database, but there is ${which}: import TypeOrmModule.forRoot(), or name one of its DataSources in @BarrierProtected({ dataSource })`;
}
