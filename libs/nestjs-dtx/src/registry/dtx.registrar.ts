import type { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ServiceAnnouncement } from '@nestjs-dtx/protocol';
import { DtxExplorer } from '../discovery/dtx.explorer';
import { DTX_OPTIONS } from '../dtx.module-definition';
import type { DtxOptions } from '../dtx.options';
import { WorkflowExplorer } from '../workflow/workflow.explorer';
import { addressOf, announcementOf } from './announcement';
import { baseUrlOf, type ListeningServer } from './base-url';
import { Heartbeat } from './heartbeat';
import { RegistryClient } from './registry-client';

type Server = ListeningServer & EventEmitter & { readonly listening: boolean };

/**
 * Keeps this instance known to the coordinator from the moment its server listens until it shuts down. A coordinator that
 * is away is a line in the log and nothing more: the application serves, and announces itself when it is back.
 */
@Injectable()
export class DtxRegistrar implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DtxRegistrar.name);
  private readonly registry: RegistryClient;
  private heartbeat: Heartbeat | undefined;
  private server: Server | undefined;

  constructor(
    @Inject(DTX_OPTIONS) private readonly options: DtxOptions,
    private readonly explorer: DtxExplorer,
    private readonly workflows: WorkflowExplorer,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.registry = new RegistryClient(options.coordinator, options.client?.headers ?? {});
  }

  onApplicationBootstrap(): void {
    if (this.options.register === false || !this.servesAnything) return;
    this.server = this.adapterHost.httpAdapter?.getHttpServer() as Server | undefined;
    this.tellUnreachable();
    // A service without HTTP is found where its messages are sent.
    if (!this.server) return void (this.options.messageUrls?.length && this.start());
    if (this.server.listening) this.start();
    else this.server.once('listening', this.start);
  }

  /** While the server still answers: what the coordinator has sent already is finished, new calls go elsewhere. */
  async onModuleDestroy(): Promise<void> {
    this.server?.off('listening', this.start);
    await this.heartbeat?.stop();
  }

  private get servesAnything(): boolean {
    return this.explorer.handlers.length > 0 || Object.keys(this.workflows.paths).length > 0;
  }

  private tellUnreachable(): void {
    const unreachable = this.explorer.handlers.filter((it) => !addressOf(it, this.options.messageUrls ?? []));
    if (unreachable.length === 0) return;
    const names = unreachable.map(({ where }) => where).join(', ');
    this.logger.warn(`${names}: not announced, set messageUrls in DtxModule for svc:// to find handlers of messages`);
  }

  private readonly start = (): void => {
    const url = this.options.baseUrl ?? (this.server ? baseUrlOf(this.server) : this.options.messageUrls?.[0]);
    if (url === undefined) {
      this.logger.error('the server has no network address: set baseUrl in DtxModule to be found by the coordinator');
      return;
    }
    const announcement: ServiceAnnouncement = announcementOf(
      this.options,
      this.explorer.handlers,
      url,
      this.workflows.paths,
    );
    this.heartbeat = new Heartbeat(this.registry, announcement, this.options.coordinator);
    this.heartbeat.start();
  };
}
