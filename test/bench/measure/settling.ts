/** Long enough for the compilers of all processes to settle; never counted. Seconds. */
export const WARM_UP = 3;
/** Before each measurement: the lane wakes up and its connections are made. Not counted either. Seconds. */
export const RAMP = 0.5;
