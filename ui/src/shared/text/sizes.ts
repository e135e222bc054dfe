// Sizes as text.

/** "10,000" */
export const grouped = (count: number): string => count.toLocaleString("en");

/** "5 MB" */
export const megabytes = (bytes: number): string => `${bytes / 1_000_000} MB`;

/** "64 KB" or "8 MB", in powers of 1024. */
export const mebibytes = (bytes: number): string =>
  bytes < 1 << 20 ? `${bytes / 1024} KB` : `${bytes / (1 << 20)} MB`;
