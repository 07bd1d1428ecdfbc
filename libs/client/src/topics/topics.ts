import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { messageOf } from '../http/answer-text';
import { checkText, urlOfPlace } from '../transactions/branch-url';
import { refusal, type CoordinatorApi } from '../transactions/coordinator-api';
import { isSuccess } from '../transactions/is-success';

/** What coordinators say when there is nothing to change (spec 2.11). */
const ALREADY = {
  subscribe: new Set(['this url exists']),
  unsubscribe: new Set(['no such a topic', 'this topic is empty', 'no such an url']),
  delete: new Set(['storage: NotFound']),
} as const;

/**
 * Topics of 2-phase messages and their subscribers (spec 2.11). A message to a topic goes to everybody who is subscribed when
 * it is prepared. All calls may be repeated: a service can subscribe each time it starts.
 */
export class Topics {
  constructor(private readonly api: CoordinatorApi) {}

  /**
   * Adds a subscriber, and the topic if need be.
   *
   * @param place `service/handler` of a registered handler, or a URL
   * @param remark for people
   * @returns false when it was subscribed already; its remark is not changed then
   * @throws InvalidRequestError, CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async subscribe(topic: string, place: string, remark = ''): Promise<boolean> {
    const parameters = new URLSearchParams({ topic: checkTopic(topic), url: urlOfPlace(place, 'place'), remark });
    return this.change('subscribe', { method: 'GET', path: `/subscribe?${parameters.toString()}` });
  }

  /**
   * Removes a subscriber; the topic stays, be it empty.
   *
   * @returns false when it was not subscribed
   * @throws InvalidRequestError, CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async unsubscribe(topic: string, place: string): Promise<boolean> {
    const parameters = new URLSearchParams({ topic: checkTopic(topic), url: urlOfPlace(place, 'place') });
    return this.change('unsubscribe', { method: 'GET', path: `/unsubscribe?${parameters.toString()}` });
  }

  /**
   * Removes a topic: messages to it are refused from then on.
   *
   * @returns false when there was no such topic
   * @throws InvalidRequestError, CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async delete(topic: string): Promise<boolean> {
    return this.change('delete', { method: 'DELETE', path: `/topic/${encodeURIComponent(checkTopic(topic))}` });
  }

  private async change(
    what: keyof typeof ALREADY,
    call: { readonly method: 'GET' | 'DELETE'; readonly path: string },
  ): Promise<boolean> {
    const { answer, uncertain, lastFailure } = await this.api.request(call);
    if (!answer) {
      throw new CoordinatorUnreachableError({ coordinator: this.api.url, outcome: 'unknown' }, { cause: lastFailure });
    }
    if (isSuccess(answer)) return true;
    if (!(ALREADY[what] as ReadonlySet<string>).has(messageOf(answer).trim())) throw refusal(answer);
    // After a lost answer nobody knows whether it was this call that has changed it.
    return uncertain;
  }
}

function checkTopic(topic: string): string {
  if (checkText(topic, 'topic') === '') throw new InvalidRequestError('topic', 'must not be empty');
  return topic;
}
