// PNG and JPEG for Swift: libpng and libjpeg end a failure with a longjmp, which must not pass
// through Swift. Nothing here allocates for a size that a file only declares.
#ifndef BNC_IMAGES_H
#define BNC_IMAGES_H

#include <stddef.h>
#include <stdint.h>

// Pixels on a side, at most: what JPEG can say.
#define BNC_IMAGE_LARGEST_SIDE 65535

enum {
  BNC_IMAGE_OK = 0,
  BNC_IMAGE_UNKNOWN = 1,  // neither PNG nor JPEG
  BNC_IMAGE_BAD = 2,      // the message says why
};

typedef struct bnc_image {
  uint32_t width, height;
  uint32_t channels;     // 1: grey, 3: red, green, blue; alpha is left out
  uint32_t has_alpha;    // whether it was there
  uint32_t bits;         // of a number in the file; 16 are cut to 8
  uint64_t memory;       // bytes that decoding takes beside the pixels
  char message[256];     // why a call failed
} bnc_image;

// Reads what the file of `size` bytes says of itself.
int32_t bnc_image_header(const uint8_t *file, size_t size, bnc_image *image);

// Decodes the file into `pixels`, [height][width][channels] as `image` of bnc_image_header says.
int32_t bnc_image_decode(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels);

// Encodes [height][width][channels] as PNG. With `png` null: the bytes that it takes at most in *size;
// else writes them there, *size at most, and how many there are into *size.
int32_t bnc_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                       uint8_t *png, size_t *size);

#endif
