import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper';
import type { WorkflowFunction } from '@nestjs-dtx/client';
import { DtxMetadataAccessor, type Decorated } from '../discovery/dtx-metadata.accessor';
import type { WorkflowMethodOf } from './workflow-method';

/** A method with the instance that it is called on. */
export interface FoundWorkflow extends WorkflowMethodOf {
  readonly run: WorkflowFunction<unknown, unknown>;
}

/** Finds the methods with `@DtxWorkflow` in all providers and controllers. */
@Injectable()
export class WorkflowScanner {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly metadata: DtxMetadataAccessor,
  ) {}

  scan(): FoundWorkflow[] {
    const seen = new Set<unknown>();
    return [...this.discovery.getProviders(), ...this.discovery.getControllers()].flatMap((wrapper) => {
      const type = classOf(wrapper);
      // A class that two modules list is one set of workflows.
      if (!type || seen.has(type)) return [];
      seen.add(type);
      return this.scanner.getAllMethodNames(type.prototype as object).flatMap((key) => this.method(wrapper, type, key));
    });
  }

  private method(wrapper: InstanceWrapper, type: Type, key: string): FoundWorkflow[] {
    const method = (type.prototype as Record<string, Decorated>)[key];
    const name = method && this.metadata.workflow(method);
    if (method === undefined || name === undefined) return [];
    const handler = this.metadata.handler(method);
    const instance = wrapper.instance as Record<string, WorkflowFunction<unknown, unknown>>;
    return [
      {
        where: `${type.name}.${key}`,
        name,
        method,
        isStatic: wrapper.isDependencyTreeStatic() && !wrapper.isTransient,
        run: (wf, input) => instance[key]!(wf, input),
        ...(handler && { handlerDecorator: handler.decorator }),
      },
    ];
  }
}

/** The class of what the container has made, also where a factory made it. */
function classOf({ metatype, inject, instance, isAlias }: InstanceWrapper): Type | undefined {
  if (isAlias) return undefined;
  const type: unknown = inject ? (instance as object | undefined)?.constructor : metatype;
  return typeof type === 'function' && type.prototype ? (type as Type) : undefined;
}
