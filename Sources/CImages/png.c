#include "formats.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// The rest of a file in memory.
struct source {
  const uint8_t *next;
  size_t left;
  bnc_image *image;
};

static void fail(png_structp png, png_const_charp message) {
  const struct source *source = png_get_error_ptr(png);
  bnc_image_message(source->image, message);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep to, png_size_t count) {
  struct source *source = png_get_io_ptr(png);
  if (count > source->left) png_error(png, "the file ends within the image");
  memcpy(to, source->next, count);
  source->next += count;
  source->left -= count;
}

// Reads the header, and with `pixels` all of it. `rows` has room for a pointer to each row.
static int32_t read_png(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels,
                        png_bytep *rows) {
  struct source source = {file, size, image};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    bnc_image_message(image, "there is no memory to decode it");
    return BNC_IMAGE_BAD;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return BNC_IMAGE_BAD;
  }
  png_set_user_limits(png, BNC_IMAGE_LARGEST_SIDE, BNC_IMAGE_LARGEST_SIDE);
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);
  const int type = png_get_color_type(png, info);
  image->width = png_get_image_width(png, info);
  image->height = png_get_image_height(png, info);
  image->bits = png_get_bit_depth(png, info);
  image->memory = image->height * (uint64_t)sizeof(png_bytep);
  image->channels = type & PNG_COLOR_MASK_COLOR ? 3 : 1;
  image->has_alpha =
      type & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS) ? 1 : 0;
  if (pixels) {
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t stride = (size_t)image->width * image->channels;
    if (png_get_rowbytes(png, info) != stride) png_error(png, "its rows have an unknown length");
    for (uint32_t row = 0; row < image->height; row++) rows[row] = pixels + row * stride;
    png_read_image(png, rows);
    png_read_end(png, NULL);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return BNC_IMAGE_OK;
}

int32_t bnc_png_header(const uint8_t *file, size_t size, bnc_image *image) {
  return read_png(file, size, image, NULL, NULL);
}

int32_t bnc_png_decode(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels) {
  png_bytep *rows = calloc(image->height, sizeof *rows);
  if (!rows) {
    bnc_image_message(image, "there is no memory to decode it");
    return BNC_IMAGE_BAD;
  }
  const int32_t code = read_png(file, size, image, pixels, rows);
  free(rows);
  return code;
}

int32_t bnc_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                       uint8_t *png, size_t *size) {
  png_image image = {
      .version = PNG_IMAGE_VERSION,
      .width = width,
      .height = height,
      .format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY,
  };
  if (!png) {
    *size = PNG_IMAGE_PNG_SIZE_MAX(image);
    return BNC_IMAGE_OK;
  }
  png_alloc_size_t bytes = *size;
  const int done = png_image_write_to_memory(&image, png, &bytes, 0, pixels, 0, NULL);
  *size = bytes;
  return done ? BNC_IMAGE_OK : BNC_IMAGE_BAD;
}
