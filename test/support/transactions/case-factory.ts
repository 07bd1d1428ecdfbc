import { CoordinatorApi } from '../coordinator-api';
import type { FixtureService } from '../fixture/fixture-service';
import { SagaCase } from '../saga-case';
import type { CommandChannel } from './command-channel';
import { MsgCase } from './msg-case';
import { TccCase } from './tcc-case';
import { WorkflowCase } from './workflow-case';
import { XaCase } from './xa-case';

/** Makes transactions under test, each with a gid of its own. */
export class CaseFactory {
  readonly api: CoordinatorApi;
  private count = 0;

  /** @param coordinator its URL, or its addresses where gRPC is wanted @param name beginning of all gids @param channel how commands travel; absent: by HTTP */
  constructor(
    coordinator: string | { readonly url: string; readonly grpcAddress: string },
    readonly busi: FixtureService,
    private readonly name: string,
    private readonly channel?: CommandChannel,
  ) {
    const { url, grpcAddress } = typeof coordinator === 'string' ? { url: coordinator } : coordinator;
    this.api = new CoordinatorApi(url, grpcAddress);
  }

  newSaga(): SagaCase {
    return new SagaCase(this.api, this.busi, this.newGid(), this.channel);
  }

  newMsg(channel = this.channel): MsgCase {
    return new MsgCase(this.api, this.busi, this.newGid(), channel);
  }

  newTcc(channel = this.channel): TccCase {
    return new TccCase(this.api, this.busi, this.newGid(), channel);
  }

  /** @param suffix of the gid */
  newXa(suffix = '', channel = this.channel): XaCase {
    return new XaCase(this.api, this.busi, this.newGid() + suffix, channel);
  }

  newWorkflow(): WorkflowCase {
    return new WorkflowCase(this.api, this.busi, this.newGid(), this.channel);
  }

  private newGid(): string {
    this.count += 1;
    return `${this.name}-${this.count}`;
  }
}
