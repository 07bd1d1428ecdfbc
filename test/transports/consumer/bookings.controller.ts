import { Controller, Get, Query } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  BarrierEntityManager,
  BarrierProtected,
  DtxContext,
  DtxFailureException,
  DtxOngoingException,
  SagaCompensate,
  SagaStep,
} from 'nestjs-dtx';
import { DataSource, type EntityManager } from 'typeorm';
import { Arrivals } from './arrivals';
import { Booking } from './bookings';
import { PATTERNS } from './patterns';
import type { Order } from './order';

/** Longer than the calls of the tests wait. */
const SLOW_MS = 1500;

/** Two accounts that are booked by messages. */
@Controller()
export class BookingsController {
  constructor(
    private readonly context: DtxContext,
    private readonly dataSource: DataSource,
    private readonly arrivals: Arrivals,
  ) {}

  @MessagePattern(PATTERNS.out)
  @SagaStep('out')
  @BarrierProtected()
  out(@Payload() order: Order, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.book(manager, 'out', -order.amount);
  }

  @MessagePattern(PATTERNS.outUndo)
  @SagaCompensate('out')
  @BarrierProtected()
  undoOut(@Payload() order: Order, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.book(manager, 'out-undo', order.amount);
  }

  @MessagePattern(PATTERNS.in)
  @SagaStep('in')
  @BarrierProtected()
  async in(@Payload() order: Order, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    if (order.end === 'fail') throw new DtxFailureException('account closed');
    if (order.end === 'ongoing' && this.arrivals.count(this.gid, 'in') < 3)
      throw new DtxOngoingException('being opened');
    await this.book(manager, 'in', order.amount);
    if (order.end === 'slow' && this.arrivals.count(this.gid, 'in') < 2)
      await this.arrivals.next(this.gid, 'in', SLOW_MS);
  }

  @MessagePattern(PATTERNS.inUndo)
  @SagaCompensate('in')
  @BarrierProtected()
  undoIn(@Payload() order: Order, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.book(manager, 'in-undo', -order.amount);
  }

  /** Effects of a transaction in their order, and how often each branch was asked. */
  @Get('bookings')
  async bookings(@Query('gid') gid: string) {
    const rows = await this.dataSource.getRepository(Booking).find({ where: { gid }, order: { id: 'ASC' } });
    return { effects: rows.map(({ name, amount }) => `${name} ${amount}`), arrivals: this.arrivals.all(gid) };
  }

  private get gid(): string {
    return this.context.gid ?? '';
  }

  private async book(manager: EntityManager, name: string, amount: number): Promise<void> {
    await manager.insert(Booking, { gid: this.gid, name, amount });
  }
}
