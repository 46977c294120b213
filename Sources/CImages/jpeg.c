#include "formats.h"

#include <setjmp.h>
#include <stdio.h>
// After stdio.h, which it needs.
#include <jpeglib.h>

#include <jerror.h>

// A file that is scanned more often than any camera or program has it is one that wants to take time.
enum { MOST_SCANS = 500 };

struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf end;
  bnc_image *image;
};

static void fail(j_common_ptr jpeg) {
  struct decoder *decoder = jpeg->client_data;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  bnc_image_message(decoder->image, text);
  longjmp(decoder->end, 1);
}

// libjpeg goes on where data are missing, with grey in their place: that is no picture to learn from.
static void warn(j_common_ptr jpeg, int level) {
  const int code = jpeg->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
    fail(jpeg);
}

static void watch(j_common_ptr jpeg) {
  struct decoder *decoder = jpeg->client_data;
  if (decoder->jpeg.input_scan_number <= MOST_SCANS) return;
  bnc_image_message(decoder->image, "it has more than 500 scans");
  longjmp(decoder->end, 1);
}

// Reads the header, and with `pixels` all of it.
static int32_t read_jpeg(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels) {
  struct decoder decoder = {.image = image, .progress = {.progress_monitor = watch}};
  struct jpeg_decompress_struct *jpeg = &decoder.jpeg;
  jpeg->err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = fail;
  decoder.errors.emit_message = warn;
  jpeg->client_data = &decoder;
  if (setjmp(decoder.end)) {
    jpeg_destroy_decompress(jpeg);
    return BNC_IMAGE_BAD;
  }
  jpeg_create_decompress(jpeg);
  jpeg->progress = &decoder.progress;
  jpeg_mem_src(jpeg, file, size);
  jpeg_read_header(jpeg, TRUE);
  const int is_grey = jpeg->jpeg_color_space == JCS_GRAYSCALE;
  if (!is_grey && jpeg->jpeg_color_space != JCS_YCbCr && jpeg->jpeg_color_space != JCS_RGB) {
    bnc_image_message(image, "its colours are neither grey nor red, green and blue");
    longjmp(decoder.end, 1);
  }
  image->width = jpeg->image_width;
  image->height = jpeg->image_height;
  image->channels = is_grey ? 1 : 3;
  image->bits = 8;
  // In several scans the picture gets clearer from one to the next: all coefficients are kept.
  if (jpeg_has_multiple_scans(jpeg))
    for (int c = 0; c < jpeg->num_components; c++)
      image->memory += (uint64_t)jpeg->comp_info[c].width_in_blocks *
                       jpeg->comp_info[c].height_in_blocks * sizeof(JBLOCK);
  if (pixels) {
    jpeg->out_color_space = is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(jpeg);
    const size_t stride = (size_t)image->width * image->channels;
    while (jpeg->output_scanline < jpeg->output_height) {
      JSAMPROW row = pixels + jpeg->output_scanline * stride;
      jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
  }
  jpeg_destroy_decompress(jpeg);
  return BNC_IMAGE_OK;
}

int32_t bnc_jpeg_header(const uint8_t *file, size_t size, bnc_image *image) {
  return read_jpeg(file, size, image, NULL);
}

int32_t bnc_jpeg_decode(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels) {
  return read_jpeg(file, size, image, pixels);
}
