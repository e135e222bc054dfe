// The program's limits, written by `make bindings`.
export const IMPORT_BYTES = 5000000;
export const IMPORT_USERS = 10000;
export const IMPORT_COLUMNS = 50;
export const PICTURE_BYTES = 10485760;
export const PICTURE_SIDE = 10000;
export const KEY_FILE_BYTES = 65536;
export const TEXT_FILE_BYTES = 8388608;
export const KID_BYTES = 128;
export const LOWEST_HASH_COST = 4;
export const HIGHEST_HASH_COST = 16;
