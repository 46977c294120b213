// What the files of this target share.
#ifndef BNC_IMAGE_FORMATS_H
#define BNC_IMAGE_FORMATS_H

#include "CImages.h"

// Keeps why a call failed, cut to what there is room for.
void bnc_image_message(bnc_image *image, const char *text);

int32_t bnc_png_header(const uint8_t *file, size_t size, bnc_image *image);
int32_t bnc_png_decode(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels);
int32_t bnc_jpeg_header(const uint8_t *file, size_t size, bnc_image *image);
int32_t bnc_jpeg_decode(const uint8_t *file, size_t size, bnc_image *image, uint8_t *pixels);

#endif
