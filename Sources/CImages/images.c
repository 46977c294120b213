#include "formats.h"

#include <string.h>

enum format { UNKNOWN, PNG, JPEG };

static enum format format_of(const uint8_t *file, size_t size) {
  static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  static const uint8_t jpeg[3] = {0xFF, 0xD8, 0xFF};
  if (size >= sizeof png && memcmp(file, png, sizeof png) == 0) return PNG;
  return size >= sizeof jpeg && memcmp(file, jpeg, sizeof jpeg) == 0 ? JPEG : UNKNOWN;
}

void bnc_image_message(bnc_image *image, const char *text) {
  strncpy(image->message, text, sizeof image->message - 1);
  image->message[sizeof image->message - 1] = 0;
}

int32_t bnc_image_header(const uint8_t *file, size_t size, bnc_image *image) {
  memset(image, 0, sizeof *image);
  switch (format_of(file, size)) {
    case PNG: return bnc_png_header(file, size, image);
    case JPEG: return bnc_jpeg_header(file, size, image);
    default: return BNC_IMAGE_UNKNOWN;
  }
}

int32_t bnc_image_decode(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels) {
  switch (format_of(file, size)) {
    case PNG: return bnc_png_decode(file, size, image, pixels);
    case JPEG: return bnc_jpeg_decode(file, size, image, pixels);
    default: return BNC_IMAGE_UNKNOWN;
  }
}
