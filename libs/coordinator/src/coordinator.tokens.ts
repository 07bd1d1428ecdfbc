/** Token of the {@link CoordinatorSettings}; a string, so that two copies of the package agree. */
export const SETTINGS = '@nestjs-dtx/coordinator:settings';

/** Token of the {@link CoordinatorOptions} of an embedded coordinator. */
export const OPTIONS = '@nestjs-dtx/coordinator:options';
