/** Told what is being done, for whoever waits. */
export type Progress = (text: string) => void;

/** One line that is written over, where there is somebody to see it. */
export const terminalProgress: Progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
};
