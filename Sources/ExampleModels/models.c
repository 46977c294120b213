#include "example_models.h"

// One entry a file, in the order in which `bnc new --list` shows them: what most people want first.
// embed.h takes MODEL in. A macro cannot hold the directive.
static const example_model models[] = {
#define MODEL mnist_cnn
#include "embed.h"
#define MODEL mnist_mlp
#include "embed.h"
#define MODEL mnist_augmented
#include "embed.h"
#define MODEL residual
#include "embed.h"
#define MODEL resnet8
#include "embed.h"
#define MODEL resnet20
#include "embed.h"
#define MODEL mobilenet_v1
#include "embed.h"
#define MODEL mobilenet_v2
#include "embed.h"
#define MODEL mobilenet_v3
#include "embed.h"
#define MODEL ds_cnn
#include "embed.h"
#define MODEL autoencoder
#include "embed.h"
#define MODEL lenet5
#include "embed.h"
#define MODEL vgg
#include "embed.h"
#define MODEL airbench94
#include "embed.h"
#define MODEL sensor
#include "embed.h"
#define MODEL unet
#include "embed.h"
#define MODEL mixer
#include "embed.h"
#define MODEL regression
#include "embed.h"
#define MODEL fix_gamma
#include "embed.h"
#define MODEL pure_batch_norm_a
#include "embed.h"
#define MODEL pure_batch_norm_b
#include "embed.h"
#define MODEL normalize_scale_shift
#include "embed.h"
#define MODEL bc_model
#include "embed.h"
#define MODEL bc_model_sigmoid
#include "embed.h"
};

int32_t example_model_count(void) { return (int32_t)(sizeof models / sizeof models[0]); }

example_model example_model_at(int32_t index) { return models[index]; }
