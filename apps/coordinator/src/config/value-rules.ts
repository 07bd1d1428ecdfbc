import { Transform } from 'class-transformer';
import { brokersProblem } from '@nestjs-dtx/coordinator';
import { IsBoolean, IsInt, IsString, Max, Min, MinLength, ValidateBy, ValidateIf } from 'class-validator';

/** Twenty days: nobody means more, a typo should be noticed, and Node has no longer timers. Seconds. */
const MAX_SECONDS = 20 * 24 * 3600;

/** A number, or the text of one: nothing else counts as a number, or `true` would be one second. */
export const Numeric = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? Number(value) : value));

// A rule that is applied earlier is told first where several are broken.

/** A whole number from `least` (1) to `most`. */
export const Count =
  (most: number, least = 1): PropertyDecorator =>
  (target, key) => {
    Numeric()(target, key);
    IsInt()(target, key);
    Min(least)(target, key);
    Max(most)(target, key);
  };

/** A duration that a timer may have to wait for. */
export const Seconds = (): PropertyDecorator => Count(MAX_SECONDS);

/** `on` or `off`. */
export const Switch = (): PropertyDecorator => (target, key) => {
  Transform(({ value }) => ({ on: true, off: false, true: true, false: false })[String(value)] ?? value)(target, key);
  IsBoolean({ message: '$property must be on or off' })(target, key);
};

export const Text = (): PropertyDecorator => (target, key) => {
  IsString()(target, key);
  MinLength(1)(target, key);
};

/** What other settings decide when it is not given; an empty entry of the file is not taken for that. */
export const Optional = (): PropertyDecorator => ValidateIf((_config, value) => value !== undefined);

/** An http(s) URL, or nothing. Its query and its credentials may be somebody's key. */
export const WebHook = (): PropertyDecorator =>
  ValidateBy({
    name: 'webHook',
    validator: {
      validate: (value: unknown) => value === '' || (typeof value === 'string' && isHttpUrl(value)),
      defaultMessage: () => '$property must be an absolute http(s) URL, or empty',
    },
  });

/** URLs of message brokers with user and password, separated by spaces, or nothing. */
export const Brokers = (): PropertyDecorator =>
  ValidateBy({
    name: 'brokers',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && brokersProblem(value) === undefined,
      defaultMessage: () =>
        '$property must be URLs such as nats://user:password@host:4222, separated by spaces, or empty',
    },
  });

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
