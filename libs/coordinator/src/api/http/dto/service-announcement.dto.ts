import { IsInt, IsString, IsUrl, Matches, Max, Min, Validate, ValidateIf, ValidatorConstraint } from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import {
  isMessageUrl,
  messageUrl,
  readMessageUrl,
  type HandlerPaths,
  type ServiceAnnouncement,
} from '@nestjs-dtx/protocol';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Handler name → op → path starting with a slash, or a URL for messages, or null where nothing is to be called. */
@ValidatorConstraint({ name: 'handlerPaths' })
class HandlerPathsConstraint implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isRecord(value) && Object.entries(value).every(([name, paths]) => NAME.test(name) && isPaths(paths));
  }

  defaultMessage(): string {
    return 'handlers must map handler names to objects of op and path, where a path starts with "/", is a URL for messages or null';
  }
}

/** Body of `POST /api/v2/services`. */
export class ServiceAnnouncementDto implements ServiceAnnouncement {
  @Matches(NAME, { message: 'service must be 1 to 64 letters, digits, ".", "_" or "-"' })
  service!: string;

  @Matches(NAME, { message: 'instance must be 1 to 64 letters, digits, ".", "_" or "-"' })
  instance!: string;

  /** Of a service that takes messages only: where they are sent, as the beginning of a URL. */
  @ValidateIf(({ url }: ServiceAnnouncementDto) => !isMessageBase(url))
  @IsString()
  @IsUrl(
    {
      protocols: ['http', 'https'],
      require_protocol: true,
      require_tld: false,
      // Names of containers often have one.
      allow_underscores: true,
      disallow_auth: true,
      allow_query_components: false,
      allow_fragments: false,
    },
    { message: 'url must be an http(s) URL without credentials, query or fragment' },
  )
  @Matches(/[^/]$/, { message: 'url must not end with a slash' })
  url!: string;

  @Validate(HandlerPathsConstraint)
  handlers!: Readonly<Record<string, HandlerPaths>>;

  /** Seconds. */
  @IsInt()
  @Min(1)
  @Max(3600)
  ttl!: number;
}

function isMessageBase(url: unknown): boolean {
  return typeof url === 'string' && isMessageUrl(url) && 'url' in readMessageUrl(messageUrl(url, 'pattern'));
}

function isPaths(value: unknown): boolean {
  return (
    isRecord(value) && Object.values(value).every((path) => path === null || (typeof path === 'string' && isPath(path)))
  );
}

function isPath(path: string): boolean {
  return path.startsWith('/') || 'url' in readMessageUrl(path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
