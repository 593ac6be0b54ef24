// The constants of SSIMULACRA 2.1 (Jon Sneyers, Cloudinary, 2022-2023;
// https://github.com/cloudinary/ssimulacra2) and of the XYB colour space under it (ISO/IEC 18181-1, JPEG XL).
// Plain numbers: every instruction set's kernels include this, so nothing here may become a function of its
// own.
#pragma once

namespace imgc::ssimulacra2 {

inline constexpr unsigned channels = 3;  // X, Y, B - Y
inline constexpr unsigned luma = 1;      // of these
inline constexpr unsigned most_scales = 6;
inline constexpr unsigned least_side = 8;  // a scale is halved again while both its sides are at least this

// Cone responses of linear sRGB, before the cube root.
inline constexpr float opsin[3][3] = {{0.30F, 0.622F, 0.078F},
                                      {0.23F, 0.692F, 0.078F},
                                      {0.24342268924547819F, 0.20476744424496821F, 0.55180986650955360F}};
inline constexpr float opsin_bias = 0.0037930732552754493F;
inline constexpr float opsin_bias_root = 0.15595420054924863F;

// What brings X, Y and B - Y between 0 and 1.
inline constexpr float x_scale = 14;
inline constexpr float x_offset = 0.42F;
inline constexpr float y_offset = 0.01F;
inline constexpr float b_offset = 0.55F;

// SSIM's second constant. There is no first: luma is compared without a denominator.
inline constexpr float c2 = 0.0009F;

// The blur: the recursive Gaussian of D. Charalampidis, "Recursive Implementation of the Gaussian Filter
// Using Truncated Cosine Functions" (IEEE Transactions on Signal Processing 64, 2016), for a sigma of 1.5,
// which means a radius of 5. Three sections of second order run over sum(n) = in(n - 6) + in(n + 4), zero
// outside of the image:
//   out_k(n) = gain_k * sum(n) - turn_k * out_k(n - 1) - out_k(n - 2), and out = out_1 + out_2 + out_3.
// In exact arithmetic that is a plain convolution with nine taps. In float32, as published, the poles on the
// unit circle keep every rounding error: about 1e-6 after a few hundred samples, which SSIM's small
// denominators turn into points of the score where both images are smooth. The weights were fitted to scores
// with that in them, and other programs' scores have it as well, so float32 and the order of operations are a
// part of the definition here.
inline constexpr unsigned sections = 3;
inline constexpr int reach_back = 6;
inline constexpr int reach_ahead = 4;
inline constexpr double gain[sections] = {0.05529523572608661, -0.05883668702694999, 0.012955819110517068};
inline constexpr double turn[sections] = {-1.902113032590307, -1.1755705045849463, -1.2246467991473532e-16};

// Three error maps a channel and scale, and two norms of each.
enum Map : unsigned { ssim, artifact, detail_lost };
inline constexpr unsigned maps = 3;
inline constexpr unsigned norms = 2;  // the mean and the 4-norm
inline constexpr unsigned terms = maps * norms;

// Channel by channel, scale by scale: the three means, then the three 4-norms. An image too small for six
// scales takes the first of them without a gap, as the published program does.
inline constexpr double weights[channels * most_scales * terms] = {
    // X
    0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0,                                      //
    0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752,  //
    0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0,                        //
    0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0,      //
    0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967,      //
    0.00031949755934435053,                                                                        //
    0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0,                                      //
    // Y
    0, 0, 0, 7.466890328078848, 0, 17.445833984131262,                                          //
    0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264,  //
    225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985,  //
    176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408,    //
    0, 0, 0, 34.77906344483772, 44.835625328877896, 0,                                          //
    0, 0, 0, 0, 0, 0,                                                                           //
    // B - Y
    0, 0.0008680556573291698, 0, 0, 0, 0,                                                                //
    0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0,                                           //
    0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0,                                            //
    0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0,                                //
    95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307,  //
    0.9807858872435379,                                                                                  //
    0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537};

// From the weighted sum to a score: a cubic, then 100 - factor * x ^ exponent.
inline constexpr double sum_scale = 0.9562382616834844;
inline constexpr double cubic[3] = {2.326765642916932, -0.020884521182843837, 6.248496625763138e-05};
inline constexpr double score_factor = 10;
inline constexpr double score_exponent = 0.6276336467831387;

}  // namespace imgc::ssimulacra2
